// Loaded first and blocking, so that no page flashes in the wrong theme.
// The server writes data-theme ("light", "dark" or "auto") from the cookie.
const page = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");

function apply() {
  const wish = page.dataset.theme || "auto";
  const isDark = wish === "dark" || (wish === "auto" && night.matches);
  page.dataset.bsTheme = isDark ? "dark" : "light";
}

function choose(wish) {
  page.dataset.theme = wish;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${wish}; path=/; max-age=31536000; SameSite=Lax${secure}`;
  apply();
  document.dispatchEvent(new CustomEvent("theme:change"));
}

// The side navigation is as narrow as it was left on this device, before anything is drawn.
try {
  page.dataset.side = localStorage.getItem("side") === "narrow" ? "narrow" : "wide";
} catch {
  page.dataset.side = "wide"; // storage may be forbidden
}

apply();
night.addEventListener("change", apply);
window.theme = { choose };
