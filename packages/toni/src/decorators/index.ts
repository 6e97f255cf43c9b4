/** `toni/decorators`: another spelling of modules, in standard and in legacy (`experimentalDecorators`) decorators. */
export { Injectable } from "./injectable.ts"
export { Module } from "./module.ts"
