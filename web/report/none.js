// Parts of the page that a report does not have: help, menus and messages of a server.

export function start() {}
export function open() {}
export function openJob() {}
export function legend() {}
export function toast() {}
export const entries = () => [];
export const jobEntries = () => [];
export const wordsOf = () => "";
export const actionOn = () => ({});
export const ofApp = (action) => action;
