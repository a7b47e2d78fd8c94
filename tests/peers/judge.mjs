// Runs `prism proxy` between clients and the practice tenant, so that graph.yaml judges each request and each answer.
//   node judge.mjs TENANT CERTIFICATE KEY    TENANT is the address of the practice tenant
// Prints a line with the two addresses for clients, in clear text and with TLS, and serves until it is ended.
//   client -> front -> Prism -> back -> practice tenant
// Prism reads bodies as text, which would damage photos: front and back carry them through it in base64. Front keeps
// what Prism says about each request (GET /verdicts; DELETE /verdicts forgets it), and tells the tenant which address
// the client used. A request with the header `spoil` gets an answer that Graph would never give, to test that Prism
// finds it.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import path from "node:path";

const [tenant, certificate, key] = process.argv.slice(2);
const here = import.meta.dirname;
const MARK = "body-in-base64";
let verdicts = [];

const isImage = (headers) => (headers["content-type"] ?? "").startsWith("image/");
const toBase64 = (body) => Buffer.from(body.toString("base64"));
const fromBase64 = (body) => Buffer.from(body.toString(), "base64");

async function bytes(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Sends a request on, and returns the answer with its body. */
function forward(base, request, headers, body) {
  return new Promise((resolve, reject) => {
    const { host, connection, "transfer-encoding": _, "content-length": __, ...kept } = headers;
    if (body.length > 0 || request.method === "PUT") kept["content-length"] = body.length;
    const sent = http.request(base + request.url, { method: request.method, headers: kept }, async (answer) => {
      resolve({ status: answer.statusCode, headers: answer.headers, body: await bytes(answer) });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function reply(response, { status, headers, body }) {
  const {
    connection,
    "keep-alive": _,
    "transfer-encoding": __,
    "content-length": ___,
    [MARK]: ____,
    ...kept
  } = headers;
  response.writeHead(status, { ...kept, ...(status === 204 ? {} : { "content-length": body.length }) });
  response.end(body);
}

function listen(server) {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}

/** A port that is free now; Prism cannot choose one by itself. */
async function freePort() {
  const server = net.createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function failed(response, error) {
  console.error(error);
  response.writeHead(502).end();
}

const back = http.createServer(async (request, response) => {
  try {
    const body = await bytes(request);
    const { [MARK]: isMarked, spoil, ...headers } = request.headers;
    const answer = await forward(tenant, request, headers, isMarked ? fromBase64(body) : body);
    if (spoil) answer.body = Buffer.from('{"value": "nobody"}');
    reply(response, { ...answer, body: isImage(answer.headers) ? toBase64(answer.body) : answer.body });
  } catch (error) {
    failed(response, error);
  }
});

/** What Prism says of a request and its answer. Its own answers, with which it refuses, are problem+json. */
function verdict({ method, url }, { status, headers, body }) {
  const isRefused = (headers["content-type"] ?? "").startsWith("application/problem+json");
  const complaints = [headers["sl-violations"] ?? [], isRefused ? body.toString() : []].flat();
  const [where] = url.split("?");
  const named = where.replace(/\/users\/[^/]+/, "/users/{id}").replace(/^\/[^/]+\/(oauth2|v2\.0)\//, "/{tenant}/$1/");
  return { what: `${method} ${named}`, url, status, complaints };
}

let prism;
const serve = (scheme) => async (request, response) => {
  try {
    if (request.url === "/verdicts") {
      const said = JSON.stringify(verdicts);
      if (request.method === "DELETE") verdicts = [];
      return response.writeHead(200, { "content-type": "application/json" }).end(said);
    }
    const headers = { ...request.headers, "x-forwarded-proto": scheme, "x-forwarded-host": request.headers.host };
    const body = await bytes(request);
    if (isImage(headers)) headers[MARK] = "1";
    const answer = await forward(prism, request, headers, isImage(headers) ? toBase64(body) : body);
    verdicts.push(verdict(request, answer));
    delete answer.headers["sl-violations"];
    reply(response, { ...answer, body: isImage(answer.headers) ? fromBase64(answer.body) : answer.body });
  } catch (error) {
    failed(response, error);
  }
};

const port = await freePort();
const backPort = await listen(back);
const child = spawn(
  process.execPath,
  [
    path.join(here, "node_modules/@stoplight/prism-cli/dist/index.js"),
    "proxy",
    path.join(here, "graph.yaml"),
    `http://127.0.0.1:${backPort}`,
    "--errors",
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
  ],
  { stdio: ["ignore", 2, 2], env: { ...process.env, FORCE_COLOR: "0" } },
);
const end = (code) => {
  child.removeAllListeners("exit");
  child.kill();
  process.exit(code);
};
process.on("SIGTERM", () => end(0));
process.on("SIGINT", () => end(0));
child.on("exit", (code) => {
  console.error(`prism ended with ${code}`);
  process.exit(1);
});

prism = `http://127.0.0.1:${port}`;
for (let tries = 0; ; tries++) {
  if (
    await fetch(`${prism}/`).then(
      () => true,
      () => false,
    )
  )
    break;
  if (tries > 300) {
    console.error("prism does not answer");
    end(1);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
const clear = await listen(http.createServer(serve("http")));
const files = { cert: readFileSync(certificate), key: readFileSync(key) };
const tls = await listen(https.createServer(files, serve("https")));
console.log(`http://127.0.0.1:${clear} https://127.0.0.1:${tls}`);
