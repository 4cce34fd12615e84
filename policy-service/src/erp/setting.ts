/** A setting that may be taken from the environment: `${NAME}` or `${NAME:-default}`. */
export interface Setting {
  variable?: string;
  /** The literal text, or what holds while the variable is not set. */
  fallback?: string;
}

/** Variables as in `process.env`. */
export type Environment = Record<string, string | undefined>;

/** @throws Error with a sentence when the text holds a broken reference */
export function parseSetting(text: string): Setting {
  const match = /^\$\{([A-Z][A-Z0-9_]*)(?::-([^{}]*))?\}$/.exec(text);
  if (match) return { variable: match[1], fallback: match[2] };
  if (text.includes('${')) {
    throw new Error(
      'A reference to the environment is the whole value: ${NAME} or ${NAME:-default}.',
    );
  }
  return { fallback: text };
}

/** @throws Error with a sentence when the secret is written into the file */
export function parseSecret(text: string): Setting {
  const setting = parseSetting(text);
  if (setting.variable === undefined || setting.fallback !== undefined) {
    throw new Error('A secret comes from the environment only: write ${NAME}, without a default.');
  }
  return setting;
}

/**
 * The value that holds now; an empty variable counts as not set.
 * @throws Error naming the variable that must be set
 */
export function resolveSetting(setting: Setting, env: Environment, what: string): string {
  const value = (setting.variable && env[setting.variable]) || setting.fallback;
  if (value) return value;
  throw new Error(`Set the environment variable ${setting.variable ?? '?'}: it holds ${what}.`);
}
