"""Single sign-on: a company's own identity providers, by OpenID Connect or SAML 2.0."""
