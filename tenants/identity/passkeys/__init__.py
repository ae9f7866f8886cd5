"""Passkeys (WebAuthn): fingerprint, face or PIN instead of a password, bound to the host by the browser itself."""
