import type { BankRail } from '../bank/rail.ts';
import type { Clock } from '../base/clock.ts';
import { RAIL_ROUTES_SECONDS } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import type { Sql } from '../db/connect.ts';
import { readBankRoutes, resetBankRoute, setBankRoute } from './bank-routes.ts';
import { createStampDrawer } from './draw-stamps.ts';
import type { RailDesk } from './rail-desk.ts';
import type { RouteRow } from './rail-store.ts';

export interface RailDeskDeps {
  sql: Sql;
  clock: Clock;
  log: Log;
  rail: BankRail;
}

/** What an operator may do besides: say where a bank is reached, or that it takes no part. Counts on every node within a minute. */
export interface OpenedRailDesk extends RailDesk {
  /** @throws Refusal `invalid_request` */
  setRoute(route: RouteRow): Promise<void>;
  /** Back to what the table in the code says. */
  resetRoute(bank: string): Promise<boolean>;
  refreshRoutes(): Promise<void>;
}

/** Opens the desk with the routes as they are now; the rail itself is opened and closed by whoever made it. */
export async function openRailDesk(deps: RailDeskDeps): Promise<OpenedRailDesk> {
  const drawStamps = createStampDrawer(deps);
  let routes = new Map<string, string>();
  let banks = new Map<string, string>();

  async function refreshRoutes(): Promise<void> {
    const known = await readBankRoutes(deps.sql);
    routes = new Map(known.flatMap(({ bank, institution }) => (institution === null ? [] : [[bank, institution]])));
    banks = new Map([...routes].map(([bank, institution]) => [institution, bank]));
  }

  await refreshRoutes();
  const timer = setInterval(() => {
    refreshRoutes().catch((error: unknown) =>
      deps.log.warn({ error }, 'the routes of the bank rail could not be read'),
    );
  }, RAIL_ROUTES_SECONDS * 1000);
  timer.unref();

  return {
    rail: deps.rail,
    stamps: drawStamps,
    institutionOf: (bank) => routes.get(bank) ?? null,
    bankOf: (institution) => banks.get(institution) ?? null,
    banks: () => [...routes].map(([bank, institution]) => ({ bank, institution })),
    async setRoute(route) {
      await setBankRoute(deps, route);
      await refreshRoutes();
    },
    async resetRoute(bank) {
      const wasThere = await resetBankRoute(deps.sql, bank);
      await refreshRoutes();
      return wasThere;
    },
    refreshRoutes,
    async stop() {
      clearInterval(timer);
    },
  };
}
