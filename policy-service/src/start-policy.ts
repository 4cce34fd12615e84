import type { Deps } from './application/change/deps';
import { activateFirst } from './application/policies/first-activation';
import { checkInPlace } from './application/policies/sent-bundles';
import { readBundleFolder } from './bundle/read-folder';
import { bundleVersion, inOrder } from './bundle/source-files';
import { ConfigError } from './config';

/**
 * Puts a policy in force when the service starts: the active one of the database, or, on the first
 * start, the one of the folder. Without a valid one the service runs and blocks everything.
 * @param mayActivate false while nothing can be stored
 * @returns a sentence that whoever starts the service should read; undefined when all is well
 * @throws ConfigError when a setting of this process is missing or wrong
 * @throws BundleError when the folder cannot be read on the first start
 */
export async function startPolicy(
  deps: Deps,
  folder: string,
  mayActivate: boolean,
): Promise<string | undefined> {
  const active = (await deps.store.activations({ limit: 1 })).items.length > 0;
  // The operator's own folder: nobody is answered yet, so nobody waits for it.
  const own = { ...deps, sentBundles: checkInPlace(deps.bundles) };
  const refusal =
    active || !mayActivate ? undefined : await activateFirst(own, readBundleFolder(folder), folder);
  const setting = refusal?.errors.find(({ code }) => code === 'setting');
  if (setting) throw new ConfigError(setting.message);
  const state = await deps.policy.refresh();
  if (state.valid) {
    const notes = [noteProblems(state.problems), noteDifference(folder, state.bundle.version)];
    return notes.filter((note) => note !== undefined).join('\n') || undefined;
  }
  const problems = refusal
    ? [refusal.message, ...refusal.errors.map(({ message }) => `  ${message}`)].join('\n')
    : state.problem;
  return `EVERYTHING IS BLOCKED, because there is no valid policy. ${problems}\nActivate one: execution-layer policy activate <folder> --reason <why>`;
}

/** A version with stricter checks goes on with the policy that an earlier one let in. */
function noteProblems(problems: string[]): string | undefined {
  if (problems.length === 0) return undefined;
  return `The active policy decides on, but would not be activated again, and what is unsafe in it is blocked:\n${problems
    .map((problem) => `  ${problem}`)
    .join('\n')}`;
}

/** Somebody who edits the folder of a running service would wait for nothing. */
function noteDifference(folder: string, active: string): string | undefined {
  let version: string;
  try {
    version = bundleVersion(inOrder(readBundleFolder(folder)));
  } catch {
    return undefined;
  }
  if (version === active) return undefined;
  return `The bundle in ${folder} is not the active policy (${active}), so it decides nothing. To activate it: execution-layer policy activate ${folder} --reason <why>`;
}
