/** Non-empty path segments without dots: nothing that a browser could read as another host. */
const LOCAL = /^\/(?:[\w-]+(?:\/[\w-]+)*)?(?:\?[\w=&%.,+-]*)?$/;

/** The path to continue at after signing in: a path of this service, else the inbox. */
export function localPath(next: unknown): string {
  return typeof next === 'string' && next.length <= 500 && LOCAL.test(next) ? next : '/inbox';
}
