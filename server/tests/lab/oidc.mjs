// The OpenID Connect provider of the lab: oidc-provider, with the settings in the first argument.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import Provider from "oidc-provider";

const { port, issuer, certificate, key, curve, clients, settings } = JSON.parse(process.argv[2]);

const pair = curve
  ? generateKeyPairSync("ec", { namedCurve: curve })
  : generateKeyPairSync("rsa", { modulusLength: 2048 });
const algorithm = curve ? "ES256" : "RS256";
const jwk = pair.privateKey.export({ format: "jwk" });

const provider = new Provider(issuer, {
  clients: clients.map((client) => ({ id_token_signed_response_alg: algorithm, ...client })),
  jwks: { keys: [{ ...jwk, use: "sig", alg: algorithm, kid: "lab" }] },
  scopes: ["openid", "profile", "email"],
  features: { clientCredentials: { enabled: true } },
  ...settings,
});
const tls = { cert: readFileSync(certificate), key: readFileSync(key) };
createServer(tls, provider.callback()).listen(port, "127.0.0.1");
