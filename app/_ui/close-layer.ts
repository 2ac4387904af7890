'use client';
/** Lets what is inside a dialog or panel close it, without knowing which one it stands in. */
import { createContext, useContext } from 'react';

export const CloseLayer = createContext<(() => void) | null>(null);
export const useCloseLayer = () => useContext(CloseLayer);
