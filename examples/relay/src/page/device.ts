const browsers = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]];
const systems = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Mac OS X", "macOS"], ["Windows", "Windows"], ["Linux", "Linux"]];

/** What a session's user agent calls itself, in a few words. It is only what the program said. */
export function device(userAgent: string | null): string {
  if (!userAgent) {
    return "Unknown program";
  }
  const named = (names: string[][]) => names.find(([part]) => userAgent.includes(part!))?.[1];
  const browser = named(browsers);
  const system = named(systems);
  return browser ? (system ? `${browser} on ${system}` : browser) : userAgent.split(/[\s/]/)[0]!;
}
