// An OpenID Connect provider with one client, the registry of the lab. Whoever logs in types a
// name; any password will do.
//
// usage: node login.mjs ADDRESS PORT ISSUER CERTIFICATE KEY
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import Provider from "oidc-provider";

const [address, port, issuer, certificate, key] = process.argv.slice(2);

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "quay",
      client_secret: "oidc-password",
      redirect_uris: [
        "https://registry.lab.test/oauth2/lab/callback",
        "https://registry.lab.test/oauth2/lab/callback/attach",
        "https://registry.lab.test/oauth2/lab/callback/cli",
      ],
      grant_types: ["authorization_code", "client_credentials"],
    },
  ],
  claims: { openid: ["sub"], email: ["email"], profile: ["name", "preferred_username"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id}@lab.test`,
      email_verified: true,
      name: id,
      preferred_username: id,
    }),
  }),
  features: { devInteractions: { enabled: true }, clientCredentials: { enabled: true } },
});

createServer(
  { cert: readFileSync(certificate), key: readFileSync(key) },
  provider.callback(),
).listen(Number(port), address, () => console.log(`listening on ${issuer}`));
