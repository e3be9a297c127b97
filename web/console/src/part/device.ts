import type { Words } from "../words/en";

const browsers = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]] as const;
const systems = [
  ["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Mac OS X", "macOS"], ["Windows", "Windows"], ["Linux", "Linux"],
] as const;

/** What a user agent calls itself, in a few words. It is only what the program said. */
export function device(userAgent: string | null, words: Words): string {
  if (!userAgent) {
    return words.sessions.program;
  }
  const named = (names: readonly (readonly [string, string])[]) => names.find(([part]) => userAgent.includes(part))?.[1];
  const browser = named(browsers);
  const system = named(systems);
  return browser ? (system ? words.sessions.on(browser, system) : browser) : (userAgent.split(/[\s/]/)[0] ?? userAgent);
}
