/** Where a passkey lives, in the words of every page that shows one, and what that means for its owner. */
export const kindOf = (deviceBound: boolean): 'Device-bound' | 'Synced' => (deviceBound ? 'Device-bound' : 'Synced');

export function kindSays(deviceBound: boolean, realm: 'customer' | 'staff'): string {
  if (realm === 'staff') {
    return deviceBound
      ? 'It never leaves this device. It signs you in and confirms everything, acts on production machines included.'
      : 'A password manager copies it to your other devices. It signs you in and confirms most acts; those on production machines, such as enrolling or banning an edge, need a device-bound one.';
  }
  return deviceBound
    ? 'It never leaves this device. Add a second one, in case this device is lost.'
    : 'A password manager copies it to your other devices, so losing one of them does no harm.';
}
