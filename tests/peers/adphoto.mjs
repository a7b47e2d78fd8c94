// Runs adphoto as its users run it, and prints which checks passed.
//   ADPHOTO       the program
//   CERTIFICATE   a PEM file with the practice app's certificate and key
import { spawn } from "node:child_process";

export const TENANT = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
export const CLIENT_ID = "11112222-bbbb-3333-cccc-4444dddd5555";
export const BY_CERTIFICATE = ["--tenant", TENANT, "--client-id", CLIENT_ID, "--certificate", process.env.CERTIFICATE];

let failures = 0;

/** Prints a line about a check, and the reason where it does not hold. */
export function check(what, holds, why = "") {
  console.log(`${holds ? "ok    " : "FAILED"} ${what}`);
  if (holds) return;
  failures++;
  for (const line of String(why).slice(0, 4000).split("\n")) console.log(`         ${line}`);
}

export const end = () => process.exit(failures === 0 ? 0 : 1);

/** Runs adphoto, and returns its exit code, what it printed, and its report if that is JSON. */
export function adphoto(words) {
  const kept = ([name]) => !/^(ADPHOTO_|AZURE_|.*_PROXY$)/i.test(name);
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(kept)),
    XDG_STATE_HOME: "state",
    XDG_CONFIG_HOME: "state",
  };
  return new Promise((resolve) => {
    const child = spawn(process.env.ADPHOTO, words, { env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    child.on("close", (code) => {
      let json;
      try {
        json = JSON.parse(stdout);
      } catch {}
      resolve({ code, json, text: `exit code ${code}\n${stdout}${stderr}` });
    });
  });
}
