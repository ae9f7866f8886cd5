// Alpine's CSP build for local state in pages. Small shared pieces of state live here.
import Alpine from "@alpinejs/csp";

/** x-data="toggle": isOpen, flip(), shut(). */
Alpine.data("toggle", () => ({
  isOpen: false,
  flip() {
    this.isOpen = !this.isOpen;
  },
  shut() {
    this.isOpen = false;
  },
}));

window.Alpine = Alpine;
Alpine.start();
