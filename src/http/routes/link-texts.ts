import type { Deferrals } from '../../links/deferred/open-deferrals.ts';
import { openPasted, type PastedDeps } from '../../links/kouling/open-pasted.ts';
import { showPasted } from '../../links/kouling/show-pasted.ts';
import { claimedDeferral, deferralClaim, linkText, pastedText } from '../link-text-schemas.ts';
import { type RouteRow, row } from '../route.ts';

const tag = 'Links';

export interface LinkTextDeps extends PastedDeps {
  deferrals: Pick<Deferrals, 'claim' | 'claimByPaste'>;
}

/** What people paste, read for an app's backend; and codes that survive an installation, claimed by it. */
export function linkTextRoutes(deps: LinkTextDeps): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/link-texts/read',
      operation: 'readLinkText',
      summary: 'Read a pasted text: which app it is of, its token or cleaned address, or our own link',
      tag,
      scope: 'read',
      body: pastedText,
      reply: { 200: linkText },
      // The claim of the key is left alone: nothing is changed, and the text is not to be kept, not even as a fingerprint.
      run: async ({ body }) => ({
        status: 200,
        value: showPasted(await openPasted(deps, body.text, { mayClaim: false })),
      }),
    }),
    row({
      method: 'POST',
      url: '/v1/link-deferrals/claim',
      operation: 'claimLinkDeferral',
      summary: 'Claim the code that a person brought over the installation of your app; works once',
      tag,
      scope: 'links',
      body: deferralClaim,
      reply: { 200: claimedDeferral },
      run: async ({ caller: { merchantId, livemode }, body, claim }) =>
        await deps.deferrals.claim({ merchantId, livemode, code: body.code, claim }),
    }),
  ];
}
