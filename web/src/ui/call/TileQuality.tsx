import { useCall } from '../useCall';
import { QualityMark } from './QualityMark';

/** The mark of somebody's tile: the only part of it that follows the statistics. */
export function TileQuality({ id, name }: { readonly id: string; readonly name: string }) {
  const quality = useCall((state) => state.qualities.get(id)?.quality ?? null);
  if (quality === null) return null;
  return <QualityMark subject={id} quality={quality} name={name} isOnTile />;
}
