// Lets oidc-provider, a certified OpenID provider, judge how adphoto signs in. The script also answers the requests
// that `adphoto check` sends to Graph, which use the token.
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";

import Provider, { errors } from "oidc-provider";

import { adphoto, BY_CERTIFICATE, check, CLIENT_ID, end, TENANT } from "./adphoto.mjs";

const WITH_SECRET = "22222222-bbbb-3333-cccc-4444dddd5555";
const FEDERATED = "33333333-bbbb-3333-cccc-4444dddd5555";
const SECRET = "q~8Q~a+secret/&=%z";
const TOKEN_PATH = `/${TENANT}/oauth2/v2.0/token`;

const pem = readFileSync(process.env.CERTIFICATE);
const key = createPrivateKey(pem);
const certificate = new X509Certificate(pem);
const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
const platform = generateKeyPairSync("rsa", { modulusLength: 2048 });

const server = http.createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}`;

const jwks = (publicKey, more = {}) => ({
  keys: [{ ...publicKey.export({ format: "jwk" }), use: "sig", alg: "PS256", ...more }],
});
const app = { grant_types: ["client_credentials"], redirect_uris: [], response_types: [], scope: `${base}/.default` };
const byKey = { ...app, token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "PS256" };
const provider = new Provider(base, {
  clients: [
    { ...byKey, client_id: CLIENT_ID, jwks: jwks(createPublicKey(key), { x5c: [certificate.raw.toString("base64")] }) },
    { ...byKey, client_id: FEDERATED, jwks: jwks(platform.publicKey) },
    { ...app, client_id: WITH_SECRET, client_secret: SECRET, token_endpoint_auth_method: "client_secret_post" },
  ],
  clientAuthMethods: ["private_key_jwt", "client_secret_post"],
  enabledJWA: { clientAuthSigningAlgValues: ["PS256"] },
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  routes: { token: TOKEN_PATH },
  scopes: [`${base}/.default`],
  ttl: { ClientCredentials: 600 },
  // Entra finds the certificate by its thumbprint; the provider looks at the key alone.
  assertJwtClientAuthClaimsAndHeader: (ctx, claims, header, client) => {
    if (client.clientId === CLIENT_ID && header["x5t#S256"] !== thumbprint) {
      throw new errors.InvalidClientAuth("x5t#S256 is not the thumbprint of the registered certificate");
    }
  },
});

/** What the provider said to each request for a token. */
const said = [];
let reason = "";
provider.on("grant.error", (ctx, error) => (reason = error.error_detail ?? error.message));
provider.use(async (ctx, next) => {
  reason = "";
  await next();
  said.push({ status: ctx.status, reason, assertion: ctx.oidc?.params?.client_assertion });
});

/** Answers as Graph, to whoever has a token that the provider gave. */
async function graph(request, response) {
  const token = await provider.ClientCredentials.find(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
  const user = {
    id: "00000000-0000-4000-8000-000000000001",
    userPrincipalName: "anna@contoso.example",
    accountEnabled: true,
  };
  const [status, body] = !token
    ? [401, { error: { code: "InvalidAuthenticationToken", message: "" } }]
    : request.url.startsWith("/v1.0/users?")
      ? [200, { value: [user] }]
      : request.url.endsWith("/photoUpdateSettings")
        ? [200, { source: "cloud" }]
        : [404, { error: { code: "ImageNotFound", message: "" } }];
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const judge = provider.callback();
server.on("request", (request, response) => {
  if (/^\/(v1\.0|beta)\//.test(request.url)) return graph(request, response);
  // Whichever tenant a client names, it reaches this one; an assertion that was made for another must be refused.
  request.url = request.url.replace(/^\/[^/]+\/oauth2\//, `/${TENANT}/oauth2/`);
  judge(request, response);
});

/** Runs `adphoto check`, and returns its words about signing in and listing users with what the provider said. */
async function signIn(words) {
  const from = said.length;
  const run = await adphoto([
    "check",
    "--target",
    "microsoft365",
    "--cloud",
    base,
    "--allow-clear-text",
    "--give-up-after",
    "10",
    "--format",
    "json",
    ...words,
  ]);
  const result = (name) => run.json?.servers?.[0].checks.find((check) => check.name === name)?.result;
  const heard = said.slice(from);
  return { ...run, signedIn: result("sign-in"), listed: result("users"), ...heard.at(-1), tries: heard.length };
}

const works = (run) => run.signedIn === "ok" && run.listed === "ok" && run.status === 200;
const fails = (run, why) =>
  run.signedIn === "failed" && run.code === 1 && run.status === 401 && run.tries === 1 && run.reason.includes(why);
const why = ({ status, reason, text }) => `${status} ${reason}\n${text}`;

const good = await signIn(BY_CERTIFICATE);
check("a certificate is accepted (PS256, x5t#S256), and its token is good for listing users", works(good), why(good));
const again = await signIn(BY_CERTIFICATE);
check(
  "the next run signs a new assertion, which is accepted",
  works(again) && again.assertion !== good.assertion,
  why(again),
);
const other = await signIn(["--tenant", "other.example", ...BY_CERTIFICATE.slice(2)]);
check(
  `an assertion for another tenant is refused, and adphoto says so (${other.reason})`,
  fails(other, "aud"),
  why(other),
);

// These requests send adphoto's own assertion, or the same with one thing changed and signed again.
const claims = JSON.parse(Buffer.from(good.assertion.split(".")[1], "base64url"));
const header = JSON.parse(Buffer.from(good.assertion.split(".")[0], "base64url"));
const now = Math.floor(Date.now() / 1000);
check(
  `its claims are aud, iss, sub, jti, nbf, iat and exp, within ${claims.exp - claims.iat} s`,
  Object.keys(claims).sort().join() === "aud,exp,iat,iss,jti,nbf,sub" && claims.exp - now <= 600 && claims.nbf <= now,
  JSON.stringify(claims),
);
function signed(changes, by = key, kind = header) {
  const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const content = `${part(kind)}.${part({ ...claims, jti: randomUUID(), ...changes })}`;
  const how = kind.alg === "PS256" ? { padding: 6, saltLength: 32 } : {};
  return `${content}.${sign("sha256", Buffer.from(content), { key: by, ...how }).toString("base64url")}`;
}
async function send(assertion) {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    scope: `${base}/.default`,
    client_id: CLIENT_ID,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
  });
  await fetch(base + TOKEN_PATH, { method: "POST", body });
  return said.at(-1);
}
const resigned = await send(signed({}));
check("the same claims with a new jti, signed again, are accepted", resigned.status === 200, resigned.reason);
for (const [what, assertion, wanted] of [
  ["the assertion that was used already", good.assertion, "used once"],
  ["one for another audience", signed({ aud: "https://login.example/token" }), "aud"],
  ["one that has expired", signed({ iat: now - 900, nbf: now - 900, exp: now - 300 }), ""],
  ["one that is not valid yet", signed({ nbf: now + 300 }), ""],
  ["one without jti", signed({ jti: undefined }), "jti"],
  ["one of another app", signed({ iss: WITH_SECRET }), "iss"],
  ["one signed with another key", signed({}, platform.privateKey), ""],
  ["one with RS256 instead of PS256", signed({}, key, { ...header, alg: "RS256" }), "alg"],
  ["one with another certificate's thumbprint", signed({}, key, { ...header, "x5t#S256": "x".repeat(43) }), "x5t#S256"],
]) {
  const { status, reason } = await send(assertion);
  check(`refused is ${what} (${reason})`, status === 401 && reason.includes(wanted), `${status} ${reason}`);
}

const federated = ["--tenant", TENANT, "--client-id", FEDERATED, "--federated-token-file", "token"];
const renew = (changes = {}) =>
  writeFileSync(
    "token",
    signed({ iss: FEDERATED, sub: FEDERATED, ...changes }, platform.privateKey, { alg: "PS256" }),
    { mode: 0o600 },
  );
renew();
const file = await signIn(federated);
check("a federated token file is accepted", works(file), why(file));
const used = await signIn(federated);
check(`the same file once more is refused, and adphoto says so (${used.reason})`, fails(used, "used once"), why(used));
renew();
const renewed = await signIn(federated);
check("a file that was renewed is accepted", works(renewed), why(renewed));
renew({ aud: "api://AzureADTokenExchange" });
const foreign = await signIn(federated);
check(`a file for another audience is refused (${foreign.reason})`, fails(foreign, "aud"), why(foreign));

const secret = ["--tenant", TENANT, "--client-id", WITH_SECRET, "--client-secret-file", "secret"];
writeFileSync("secret", `${SECRET}\n`, { mode: 0o600 });
const told = await signIn(secret);
check("a client secret with signs that a form must escape is accepted", works(told), why(told));
writeFileSync("secret", "wrong", { mode: 0o600 });
const wrong = await signIn(secret);
check(`a wrong client secret is refused (${wrong.reason})`, fails(wrong, "secret"), why(wrong));
end();
