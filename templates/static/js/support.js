// The time that is left of a support visit; when it is over the page comes anew, and with it the sign-in.
export function start(element) {
  const until = Date.parse(element.dataset.until);
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always" });
  const tick = () => {
    if (!element.isConnected) return clearInterval(timer);
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) return window.location.reload();
    element.textContent = seconds > 90 ? words.format(Math.ceil(seconds / 60), "minute") : words.format(seconds, "second");
  };
  const timer = setInterval(tick, 1000);
  tick();
}
