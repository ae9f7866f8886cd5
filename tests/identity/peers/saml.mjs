// An identity provider of the npm library samlify on a free port. POST /sso?SAMLRequest=… with our metadata as
// its body answers as JSON what a browser would post to us. Prints {"port", "metadata"} when it listens.
import http from "node:http";
import samlify from "samlify";

const { SamlLib, setSchemaValidator, Constants } = samlify;
setSchemaValidator({ validate: async () => "not checked here" });
const PERSON = JSON.parse(process.env.PERSON);
const server = http.createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const base = `http://127.0.0.1:${server.address().port}`;

const idp = samlify.IdentityProvider({
  entityID: `${base}/metadata`,
  signingCert: process.env.CERT,
  privateKey: process.env.KEY,
  wantAuthnRequestsSigned: false,
  requestSignatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
  nameIDFormat: ["urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"],
  singleSignOnService: [{ Binding: Constants.namespace.binding.redirect, Location: `${base}/sso` }],
  loginResponseTemplate: {
    context: SamlLib.defaultLoginResponseTemplate.context.replace(
      "{AuthnStatement}",
      '<saml:AuthnStatement AuthnInstant="{IssueInstant}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>',
    ),
    attributes: ["email", "displayName", "groups"].map((name) => ({
      name,
      valueTag: name.toLowerCase(),
      nameFormat: "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
      valueXsiType: "xs:string",
    })),
  },
});

/** Fills the template as samlify asks its users to. */
const fill = (sp, request) => (template) => {
  const now = new Date();
  const later = new Date(now.getTime() + 5 * 60_000).toISOString();
  const acs = sp.entityMeta.getAssertionConsumerService(Constants.wording.binding.post);
  const id = `_${crypto.randomUUID()}`;
  const values = {
    ID: id,
    AssertionID: `_${crypto.randomUUID()}`,
    Destination: acs,
    Audience: sp.entityMeta.getEntityID(),
    SubjectRecipient: acs,
    AssertionConsumerServiceURL: acs,
    EntityID: sp.entityMeta.getEntityID(),
    Issuer: idp.entityMeta.getEntityID(),
    IssueInstant: now.toISOString(),
    ConditionsNotBefore: now.toISOString(),
    ConditionsNotOnOrAfter: later,
    SubjectConfirmationDataNotOnOrAfter: later,
    NameIDFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    NameID: PERSON.email,
    InResponseTo: request.extract.request.id,
    StatusCode: Constants.StatusCode.Success,
    attrEmail: PERSON.email,
    attrDisplayname: PERSON.displayName,
    attrGroups: PERSON.groups,
  };
  return { id, context: SamlLib.replaceTagsByValue(template, values) };
};

server.on("request", async (request, response) => {
  try {
    const asked = new URL(request.url, base);
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const sp = samlify.ServiceProvider({ metadata: Buffer.concat(pieces).toString() });
    const query = Object.fromEntries(asked.searchParams);
    const parsed = await idp.parseLoginRequest(sp, "redirect", { query });
    const made = await idp.createLoginResponse(sp, parsed, "post", PERSON, fill(sp, parsed));
    response.end(JSON.stringify({ SAMLResponse: made.context, acs: made.entityEndpoint }));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error?.stack ?? error));
  }
});
console.log(JSON.stringify({ port: server.address().port, metadata: idp.getMetadata() }));
