import type { ReactNode } from 'react';
import { staff } from '../_frame/door';
import { StaffFrame } from '../_frame/staff-frame';

export default async function StaffLayout({ children }: { children: ReactNode }) {
  return <StaffFrame page={await staff()}>{children}</StaffFrame>;
}
