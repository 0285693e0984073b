/** F90: which message a reversal or a refund belongs to. The institutions are right-justified and filled with zeros. */
export function f90(original: {
  messageType: string;
  stan: string;
  transmittedAt: string;
  institution: string;
  forwarder: string;
}): string {
  const { messageType, stan, transmittedAt, institution, forwarder } = original;
  return messageType + stan + transmittedAt + institution.padStart(11, '0') + forwarder.padStart(11, '0');
}
