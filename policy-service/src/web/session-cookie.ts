import type { Request, Response } from 'express';

const NAME = 'el_session';

/** The session cookie's value, or undefined when the browser sent none. */
export function readSessionCookie(req: Request): string | undefined {
  for (const pair of (req.get('cookie') ?? '').split(';')) {
    const [name, value] = pair.split('=', 2);
    if (name?.trim() !== NAME || value === undefined) continue;
    try {
      return decodeURIComponent(value.trim());
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function attributes(publicUrl: string) {
  return {
    httpOnly: true,
    sameSite: 'lax' as const,
    path: '/',
    secure: publicUrl.startsWith('https:'),
  };
}

/** Sets the cookie; `expiresAt` is the end of the session (ISO 8601). */
export function setSessionCookie(
  res: Response,
  publicUrl: string,
  session: { cookie: string; expiresAt: string },
): void {
  res.cookie(NAME, session.cookie, {
    ...attributes(publicUrl),
    expires: new Date(session.expiresAt),
  });
}

export function clearSessionCookie(res: Response, publicUrl: string): void {
  res.clearCookie(NAME, attributes(publicUrl));
}
