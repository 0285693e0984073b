/** The browser's own reader of codes, where it has one (W3C Shape Detection); not in TypeScript's library yet. */
interface Detector {
  detect(source: HTMLVideoElement | ImageBitmap): Promise<{ rawValue: string }[]>;
}
type DetectorClass = (new (options: { formats: string[] }) => Detector) & { getSupportedFormats(): Promise<string[]> };

/** A frame is looked at this often: quick enough for a hand, slow enough for a weak phone. */
const LOOK_PAUSE_MS = 150;
/** Frames and pictures are read at this width at most. */
const SIDE_MAX_PX = 1024;

/** Shows the camera and reads codes from it until stopped; tells the first text. @throws when there is no camera or it is refused. */
export async function startCamera(video: HTMLVideoElement, tell: (text: string) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
  video.srcObject = stream;
  const read = await openReader();
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  const look = async (): Promise<void> => {
    if (isOver) return;
    const text = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await read(video).catch(() => null) : null;
    if (isOver) return;
    if (text === null) setTimeout(() => void look(), LOOK_PAUSE_MS);
    else {
      stop();
      navigator.vibrate?.(40);
      tell(text);
    }
  };
  await video.play();
  void look();
  return stop;
}

/** The text of the code in a picture that was picked; null when none is found in it. */
export async function readPicture(file: File): Promise<string | null> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) return null;
  const read = await openReader();
  return read(picture).finally(() => picture.close());
}

type Reader = (source: HTMLVideoElement | ImageBitmap) => Promise<string | null>;

async function openReader(): Promise<Reader> {
  const Own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector; // see Detector above
  if (Own !== undefined && (await Own.getSupportedFormats().catch((): string[] => [])).includes('qr_code')) {
    const detector = new Own({ formats: ['qr_code'] });
    return async (source) => (await detector.detect(source))[0]?.rawValue ?? null;
  }
  const { default: jsqr } = await import('jsqr');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (source) => {
    const [width, height] =
      source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
    if (width === 0 || height === 0 || context === null) return null;
    const share = Math.min(1, SIDE_MAX_PX / Math.max(width, height));
    canvas.width = Math.round(width * share);
    canvas.height = Math.round(height * share);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return jsqr.default(data, canvas.width, canvas.height)?.data ?? null;
  };
}
