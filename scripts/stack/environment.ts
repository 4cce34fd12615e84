/** What `npm run` and jest set for themselves; n8n and the service would behave differently with it. */
const OF_OUR_TOOLS = /^(npm_|JEST_|NODE_ENV$|NODE_OPTIONS$)/i;

/** The environment for a process of the stack, without settings whose names match `own`. */
export function inheritedEnvironment(own: RegExp): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !OF_OUR_TOOLS.test(name) && !own.test(name),
  );
  return Object.fromEntries(kept);
}
