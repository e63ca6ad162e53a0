import { useEffect, useRef, type ComponentProps } from 'react';

interface VideoViewProps extends ComponentProps<'video'> {
  readonly stream: MediaStream;
}

/** A stream on the page, without sound of its own: one's own picture. */
export function VideoView({ stream, ...rest }: VideoViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream;
  }, [stream]);
  return <video ref={video} autoPlay playsInline muted disablePictureInPicture {...rest} />;
}
