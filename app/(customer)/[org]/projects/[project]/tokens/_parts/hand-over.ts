'use client';

/**
 * Hands a token from one page to another in this tab. A token never stands in an address, where histories and logs would
 * keep it; it is taken out again as it is read.
 */
const KEY = 'cordon.token';

export interface HandedOver {
  token: string;
  channel: string;
  account: string;
}

export function handOver(value: HandedOver): void {
  sessionStorage.setItem(KEY, JSON.stringify(value));
}

export function takeOver(): HandedOver | null {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (text === null) return null;
  try {
    const { token, channel, account } = JSON.parse(text) as Partial<HandedOver>;
    return typeof token === 'string' ? { token, channel: String(channel ?? ''), account: String(account ?? '') } : null;
  } catch {
    return null;
  }
}
