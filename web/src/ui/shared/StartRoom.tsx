import CloudOff from 'lucide-react/icons/cloud-off';
import Video from 'lucide-react/icons/video';
import { use, useState } from 'react';
import { codeOf, type ErrorCode } from '../../lib/errors';
import { wordsFor } from '../../lib/problemStrings';
import { strings } from '../../lib/strings';
import { NavigationContext } from '../Navigation';
import { Button } from './Button';
import { Note } from './Note';
import { makeRoom } from './makeRoom';
import css from './StartRoom.module.css';

/** Makes a room and goes to its lobby. */
export function StartRoom({ wide = false }: { readonly wide?: boolean }) {
  const navigation = use(NavigationContext);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorCode | null>(null);
  const start = async () => {
    setBusy(true);
    try {
      navigation.go({ name: 'room', roomId: await makeRoom() });
    } catch (thrown) {
      setFailure(codeOf(thrown));
      setBusy(false);
    }
  };
  return (
    <div className={css['start']}>
      <Button look="primary" size="big" wide={wide} busy={isBusy} onClick={() => void start()}>
        <Video aria-hidden="true" />
        {strings.startRoom}
      </Button>
      <div role="status">
        {failure !== null && !isBusy && (
          <Note
            icon={<CloudOff aria-hidden="true" />}
            look="caution"
            words={failure === 'server_unreachable' ? strings.unreachable : wordsFor(failure)}
          />
        )}
      </div>
    </div>
  );
}
