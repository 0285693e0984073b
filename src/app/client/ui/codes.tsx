import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { code128c } from '../code128.ts';

/** A QR code, dark on white whatever the page's colours are, so that every till reads it. */
export function QrCode({ text, label }: { text: string; label: string }): JSX.Element {
  const [path, setPath] = useState<{ d: string; side: number } | null>(null);
  useEffect(() => {
    let isOver = false;
    const draw = async (): Promise<void> => {
      const { qrPath } = await import('../../../qr/qr-path.ts');
      if (!isOver) setPath(qrPath(text, 'medium'));
    };
    draw().catch(() => undefined); // the bars and digits beside it are enough
    return () => {
      isOver = true;
    };
  }, [text]);
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${path?.side ?? 29} ${path?.side ?? 29}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      {path !== null && <path d={path.d} />}
    </svg>
  );
}

/** The same digits as bars, for tills with a laser. */
export function BarCode({ digits }: { digits: string }): JSX.Element {
  const { bars, modules } = code128c(digits);
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${modules} 24`}
      preserveAspectRatio="none"
      aria-hidden="true"
      shape-rendering="crispEdges"
    >
      <path d={bars.map(({ x, width }) => `M${x} 0h${width}v24h-${width}z`).join('')} />
    </svg>
  );
}
