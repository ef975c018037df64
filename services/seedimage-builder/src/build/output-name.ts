/** The name of an image: of its registration and the time of the build, without characters that tools stumble over. */
export function outputName(registrationName: string, type: string, now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${registrationName}-${time}.${type}`;
}
