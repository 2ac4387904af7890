'use client';
/** The last column: acts of a row, always with "Copy ID". */
import { Menu, type MenuItem } from './menu';

export function RowMenu({ items, id }: { items: readonly MenuItem[]; id: string }) {
  const all: MenuItem[] = [
    ...items,
    ...(items.length > 0 ? (['line'] as const) : []),
    { label: 'Copy ID', icon: 'copy', copy: id },
  ];
  return (
    <span data-row-menu="">
      <Menu trigger={{ label: 'Acts of this row', bare: true, icon: 'more' }} items={all} align="end" />
    </span>
  );
}
