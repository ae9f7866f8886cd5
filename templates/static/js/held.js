// A form waits for what is still being made for it: whoever saves at once means the new one.
const waiting = new WeakMap();

// `made` comes true once all is there, false where it failed: then nothing is sent.
export function hold(form, made) {
  const over = made.finally(() => waiting.get(form) === over && waiting.delete(form));
  if (form) waiting.set(form, over);
  return over;
}

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    const made = waiting.get(form);
    if (!made) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    made.then((isThere) => isThere && form.isConnected && form.requestSubmit(submitter));
  },
  true,
);
