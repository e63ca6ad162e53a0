import { useCall } from '../useCall';
import { QualityMark } from './QualityMark';

interface PersonQualityProps {
  readonly id: string;
  readonly name: string;
  readonly isOnTile?: boolean;
}

/** The mark of somebody's connection: the only part of their tile or row that follows the statistics. */
export function PersonQuality({ id, name, isOnTile = false }: PersonQualityProps) {
  const quality = useCall((state) => state.qualities.get(id)?.quality ?? null);
  if (quality === null) return null;
  return <QualityMark subject={id} quality={quality} name={name} isOnTile={isOnTile} />;
}
