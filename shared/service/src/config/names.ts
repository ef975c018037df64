/** The environment variable of a setting: `redisUrl` is read from REDIS_URL. */
export function variableName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
