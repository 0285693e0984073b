import type { BankRail } from '../bank/rail.ts';
import type { Clock } from '../base/clock.ts';
import { RAIL_ROUTES_SECONDS } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql } from '../db/connect.ts';
import { createStampDrawer } from './draw-stamps.ts';
import { INSTITUTIONS } from './institutions.ts';
import type { RailDesk } from './rail-desk.ts';
import { deleteRoute, listRoutes, type RouteRow, upsertRoute } from './rail-store.ts';

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
    routes = mergeRoutes(await listRoutes(deps.sql));
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
      if (!/^[A-Z0-9]{2,12}$/.test(route.bank))
        throw invalid('bank', 'a bank code has 2 to 12 capital letters or digits');
      if (route.institution !== null && !/^[0-9]{8,11}$/.test(route.institution))
        throw invalid('institution', 'an institution has 8 to 11 digits');
      await upsertRoute(deps.sql, route, deps.clock.now());
      await refreshRoutes();
    },
    async resetRoute(bank) {
      const wasThere = await deleteRoute(deps.sql, bank);
      await refreshRoutes();
      return wasThere;
    },
    refreshRoutes,
    async stop() {
      clearInterval(timer);
    },
  };
}

function mergeRoutes(rows: readonly RouteRow[]): Map<string, string> {
  const merged = new Map(Object.entries(INSTITUTIONS));
  for (const { bank, institution } of rows) {
    if (institution === null) merged.delete(bank);
    else merged.set(bank, institution);
  }
  return merged;
}

function invalid(param: string, detail: string): Refusal {
  return new Refusal('invalid_request', detail, { param });
}
