import type { TFunction } from "i18next";

const browsers = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]] as const;
const systems = [
  ["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Mac OS X", "macOS"], ["Windows", "Windows"], ["Linux", "Linux"],
] as const;

/** Returns a short name for a user agent. The client chooses its user agent, so the name proves nothing. */
export function deviceName(userAgent: string | null, t: TFunction): string {
  if (!userAgent) {
    return t("sessions.program");
  }
  const named = (names: readonly (readonly [string, string])[]) => names.find(([part]) => userAgent.includes(part))?.[1];
  const browser = named(browsers);
  const system = named(systems);
  return browser ? (system ? t("sessions.browserOnSystem", { browser, system }) : browser) : (userAgent.split(/[\s/]/)[0] ?? userAgent);
}
