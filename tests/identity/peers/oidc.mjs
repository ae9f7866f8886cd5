// The certified npm package oidc-provider on a free port. Whoever is asked for in `login_hint`, or
// "asha", signs in and consents at once. Prints {"port": N} when it listens.
import http from "node:http";
import { Provider } from "oidc-provider";

const PEOPLE = JSON.parse(process.env.PEOPLE);
const server = http.createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "crm",
      client_secret: process.env.SECRET,
      redirect_uris: [process.env.REDIRECT],
      application_type: "web",
      grant_types: ["authorization_code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  conformIdTokenClaims: process.env.THIN === "1",
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...PEOPLE[id] }) }),
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
});

/** No page to click on: the person is signed in and has agreed. */
async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    const who = process.env.WHO ?? "asha";
    if (who === "nobody") {
      const refused = { error: "access_denied", error_description: "refused" };
      return provider.interactionFinished(request, response, refused);
    }
    return provider.interactionFinished(request, response, { login: { accountId: who } });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope("openid email profile");
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

const answer = provider.callback();
server.on("request", (request, response) =>
  request.url.startsWith("/interaction/") ? interact(request, response) : answer(request, response),
);
console.log(JSON.stringify({ port: server.address().port }));
