// <button data-passkey-use="/sign-in/passkey/"> signs in; <button data-passkey-add="…"> takes a new key on.
// Errors are said in the next .signin-error.
import { csrf, on, word } from "./dom.js";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

async function ask(url, body = {}) {
  const answer = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
  });
  const found = await answer.json().catch(() => ({ error: word("gone") }));
  if (!answer.ok) throw new Error(found.error);
  return found;
}

const withIds = (list) => list?.map((one) => ({ ...one, id: toBytes(one.id) }));

async function create(url) {
  const { publicKey } = await ask(`${url}begin/`);
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.user.id = toBytes(publicKey.user.id);
  publicKey.excludeCredentials = withIds(publicKey.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey });
  return {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
    },
  };
}

async function use(url) {
  const { publicKey } = await ask(`${url}begin/`);
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.allowCredentials = withIds(publicKey.allowCredentials);
  const found = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return {
    id: found.id,
    rawId: toText(found.rawId),
    type: found.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: toText(clientDataJSON),
      authenticatorData: toText(authenticatorData),
      signature: toText(signature),
      userHandle: userHandle ? toText(userHandle) : null,
    },
  };
}

/** Runs a step with the button busy; what goes wrong is said below it. A cancelled dialog says nothing. */
async function run(button, act) {
  const note = (button.closest(".signin-more, .card") ?? document).querySelector(".signin-error");
  button.disabled = true;
  note?.setAttribute("hidden", "");
  try {
    window.location.assign((await act()).url);
  } catch (error) {
    button.disabled = false;
    if (error.name === "NotAllowedError" || !note) return;
    note.textContent = error.name === "InvalidStateError" ? word("passkeyKnown") : error.message;
    note.removeAttribute("hidden");
  }
}

on("click", "[data-passkey-use]", (button) =>
  run(button, async () => {
    const url = button.dataset.passkeyUse;
    return ask(url, { answer: await use(url), next: button.dataset.next ?? "" });
  }),
);

on("click", "[data-passkey-add]", (button) =>
  run(button, async () => {
    const url = button.dataset.passkeyAdd;
    return ask(url, { answer: await create(url) });
  }),
);
