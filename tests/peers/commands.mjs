// Runs adphoto's commands on the practice tenant, through judge.mjs: Prism judges each request and each answer.
//   node commands.mjs JUDGE    JUDGE is the address of judge.mjs
import { copyFileSync, mkdirSync } from "node:fs";

import { adphoto, BY_CERTIFICATE, check, end, TENANT } from "./adphoto.mjs";

const [judge] = process.argv.slice(2);
const DOMAIN = "contoso.example";
const ON_TENANT = ["--cloud", judge, "--allow-clear-text", "--give-up-after", "10", ...BY_CERTIFICATE];
const PHOTO = "/v1.0/users/{id}/photo/$value";
const verdicts = async (method = "GET") => (await fetch(`${judge}/verdicts`, { method })).json();
const counted = (records) => records.map(({ user, status }) => `${user.split("@")[0]} ${status}`).join(", ");

/** Runs a command, and checks what it did, that it asked for all of `asked`, and that the judge found nothing wrong. */
async function judged(words, wanted, asked) {
  await verdicts("DELETE");
  const target = words[0] === "undo" ? [] : ["--target", "microsoft365"];
  const run = await adphoto([...words, ...target, ...ON_TENANT, "--format", "json"]);
  const said = await verdicts();
  const outcome = run.json?.records
    ? counted(run.json.records)
    : run.json?.servers?.[0].checks.map(({ name, result }) => `${name} ${result}`).join(", ");
  const name = `adphoto ${words.join(" ")}`;
  check(`${name}: ${wanted}`, run.code === 0 && outcome === wanted, `${outcome}\n${run.text}`);
  const wrong = said.filter(({ complaints }) => complaints.length > 0);
  const missing = asked.filter((what) => !said.some((verdict) => verdict.what === what));
  check(
    `${name}: Prism finds ${said.length} requests and answers valid`,
    said.length > 0 && wrong.length === 0 && missing.length === 0,
    JSON.stringify({ wrong, missing }, null, 1),
  );
}

const SIGN_IN = "POST /{tenant}/oauth2/v2.0/token";
const READS = [SIGN_IN, "GET /v1.0/users", `GET ${PHOTO}`];
const WRITES = [...READS, `PUT ${PHOTO}`];
// The journal says who the accounts are.
const UNDOES = [SIGN_IN, `GET ${PHOTO}`, `PUT ${PHOTO}`, `DELETE ${PHOTO}`];
const POLICY = "GET /beta/admin/people/photoUpdateSettings";
const checks = "sign-in ok, permissions ok, remove ok, users ok, policy ok, photo ok";
await judged(["check"], `${checks}, try not-tried`, [...READS, POLICY]);
await judged(["check", "--try", `user1@${DOMAIN}`], `${checks}, try ok`, [...WRITES, POLICY]);
const each = (numbers, status) => numbers.map((number) => `user${number} ${status}`).join(", ");
const [having, lacking] = [
  [1, 2, 3, 4, 5],
  [6, 7, 8, 9],
];
// There is no face in these photos.
await judged(["audit"], ["user10 missing", each(having, "unfit"), each(lacking, "missing")].join(", "), READS);
await judged(["export", "hd"], each(having, "exported"), READS);

// user1 gets another photo, and user6 the first one.
mkdirSync("photos");
copyFileSync(`hd/user2@${DOMAIN}.jpg`, "photos/user1.jpg");
copyFileSync(`hd/user3@${DOMAIN}.jpg`, "photos/user6.jpg");
await judged(["import", "photos", "--dry-run"], "user1 would-write, user6 would-write", [...READS, POLICY]);
await judged(["import", "photos"], "user1 written, user6 written", [...WRITES, POLICY]);
// What was just sent is not read again.
await judged(["import", "photos"], "user1 unchanged, user6 unchanged", [SIGN_IN, "GET /v1.0/users"]);
await judged(["undo", "--last"], "user1 restored, user6 restored", UNDOES);
await judged(["remove", "--account", "user5", "--yes"], "user5 removed", [...READS, `DELETE ${PHOTO}`]);
await judged(["undo", "--last"], "user5 restored", [SIGN_IN, `GET ${PHOTO}`, `PUT ${PHOTO}`]);

// What the judge must find.
const form = (fields) => ({ method: "POST", body: new URLSearchParams(fields) });
const claims = {
  client_id: "11112222-bbbb-3333-cccc-4444dddd5555",
  scope: "https://x/.default",
  grant_type: "client_credentials",
};
const user = "/v1.0/users/00000000-0000-4000-8000-000000000001";
const bearer = { authorization: "Bearer x" };
const jpeg = { ...bearer, "content-type": "image/jpeg" };
for (const [what, path, options] of [
  ["a page of 1000 users", "/v1.0/users?$top=1000", { headers: bearer }],
  ["a property that users do not have", "/v1.0/users?$select=id,thumbnailPhoto", { headers: bearer }],
  ["a page of no users", "/v1.0/users?$top=0", { headers: bearer }],
  [
    "a ConsistencyLevel that is none",
    "/v1.0/users?$count=true",
    { headers: { ...bearer, consistencylevel: "strong" } },
  ],
  ["a list without a token", "/v1.0/users", {}],
  [
    "a photo without a token",
    `${user}/photo/$value`,
    { method: "PUT", headers: { "content-type": "image/jpeg" }, body: "x" },
  ],
  ["a photo of a user without a name", "/v1.0/users/x/photo/$value", { headers: bearer }],
  [
    "a photo that says that it is text",
    `${user}/photo/$value`,
    { method: "PUT", headers: { ...jpeg, "content-type": "text/plain" }, body: "x" },
  ],
  ["a photo without content", `${user}/photo/$value`, { method: "PUT", headers: jpeg }],
  ["DELETE of photo instead of photo/$value", `${user}/photo`, { method: "DELETE", headers: bearer }],
  ["a size that there is not", `${user}/photos/100x100/$value`, { headers: bearer }],
  ["a path that there is not", "/v1.0/users/me/thumbnail", { headers: bearer }],
  ["a sign-in without credential", `/${TENANT}/oauth2/v2.0/token`, form(claims)],
  [
    "a sign-in with a password",
    `/${TENANT}/oauth2/v2.0/token`,
    form({ ...claims, grant_type: "password", client_secret: "x" }),
  ],
  [
    "a sign-in for no scope",
    `/${TENANT}/oauth2/v2.0/token`,
    form({ ...claims, scope: "User.Read.All", client_secret: "x" }),
  ],
  ["an answer that is none of Graph's", "/v1.0/users", { headers: { ...bearer, spoil: "1" } }],
]) {
  await verdicts("DELETE");
  await fetch(judge + path, options);
  const [{ status, complaints }] = await verdicts();
  check(
    `Prism refuses ${what} (${status})`,
    status >= 400 && complaints.length > 0,
    JSON.stringify({ status, complaints }),
  );
}
end();
