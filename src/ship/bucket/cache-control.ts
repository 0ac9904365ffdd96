/** Cache control of what lies under a digest. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Cache control of what moves. */
export const MOVING = 'no-cache';
