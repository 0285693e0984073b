import { USER_AGENT_CHARS_MAX } from '../../base/limits.ts';
import { VISITORS_KEPT_MAX } from '../../base/link-limits.ts';
import { chooseLang } from '../../base/lang.ts';
import { detectApp } from '../../wallets/detect/detect-app.ts';
import type { Visitor } from '../visitor.ts';
import { robotOf } from './robots.ts';

/**
 * Who opens a link, read from what the browser sends. Known apps are told first: some of their user agents look like robots' to any list of
 * robots. Any text gives an answer; what lies past the limit is not read.
 */
export function readVisitor(userAgent: string, acceptLanguage: string | undefined): Visitor {
  const text = userAgent.slice(0, USER_AGENT_CHARS_MAX);
  const { app, version, os, isPhone, isMiniProgram } = detectApp(text);
  const mayBeRobot = app === 'browser' || app === 'other_app';
  return {
    app,
    version,
    os,
    isPhone,
    isMiniProgram,
    robot: mayBeRobot ? robotOf(text) : null,
    lang: chooseLang(undefined, acceptLanguage),
  };
}

/**
 * The same with a memory: phones of one kind send one text, and reading it takes longer than all the rest of an opening. Two generations, so
 * that what is asked for stays and a flood of made-up texts pushes out only itself.
 */
export function createVisitorReader(
  keptMax = VISITORS_KEPT_MAX,
): (userAgent: string, acceptLanguage: string | undefined) => Visitor {
  let young = new Map<string, Visitor>();
  let old = new Map<string, Visitor>();
  return (userAgent, acceptLanguage = '') => {
    // What is longer than a browser sends is read anew each time rather than kept.
    if (userAgent.length + acceptLanguage.length > USER_AGENT_CHARS_MAX) return readVisitor(userAgent, acceptLanguage);
    const name = `${acceptLanguage}\n${userAgent}`;
    const known = young.get(name);
    if (known !== undefined) return known;
    const visitor = old.get(name) ?? Object.freeze(readVisitor(userAgent, acceptLanguage));
    if (young.size >= keptMax / 2) {
      old = young;
      young = new Map();
    }
    young.set(name, visitor);
    return visitor;
  };
}
