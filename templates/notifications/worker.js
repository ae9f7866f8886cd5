// Shows a push, and opens what it leads to. Its scope is this folder: it serves no page and keeps nothing.
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data ? event.data.json() : {};
  } catch {
    told = {};
  }
  const { title = "", body = "", url = "/notifications/", tag } = told;
  event.waitUntil(
    self.registration.showNotification(title, { body, tag, icon: "/brand/icon", data: { url } }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/notifications/", self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil(self.clients.openWindow(url.href));
});
