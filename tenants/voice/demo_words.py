"""What demo calls came to, in the languages of the demo companies: (result, note)."""

TALKS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("interested", "Wants the revised offer before the weekend. Price is fine, delivery date matters more."),
        (
            "interested",
            "Compared us with two others. Likes that installation is included; asked for a reference nearby.",
        ),
        ("meeting", "Agreed to meet on site next week. Bring the drawings and the payment plan."),
        ("meeting", "Their director joins the next call. Thursday morning suits both."),
        ("call_back", "In a meeting, asked to be called after lunch tomorrow."),
        ("call_back", "Waits for approval of the budget. Call again at the beginning of the month."),
        ("interested", "Asked whether the order can be split into two deliveries. Told them yes."),
        ("not_interested", "Bought elsewhere this spring. Happy to hear from us next year."),
        ("", "Confirmed receipt of the invoice; payment is scheduled for Friday."),
        ("", "Explained the warranty terms once more. All clear now."),
    ),
    "bg": (
        ("interested", "Иска новата оферта до петък. Цената е добра, важен е срокът."),
        ("interested", "Сравняват ни с още двама. Харесва им, че застраховката е включена."),
        ("meeting", "Разбрахме се за среща на място следващата седмица."),
        ("meeting", "Директорът ще се включи в следващия разговор, четвъртък сутринта."),
        ("call_back", "В момента е на среща, да се обадя утре след обяд."),
        ("call_back", "Чака одобрение на бюджета. Да се обадя в началото на месеца."),
        ("not_interested", "Имат договор с друг до края на годината."),
        ("", "Потвърди, че фактурата е получена; плащат в петък."),
    ),
}
