import Ellipsis from 'lucide-react/icons/ellipsis';
import LoaderCircle from 'lucide-react/icons/loader-circle';
import css from './Arc.module.css';

/** The turning arc of waiting; three still dots where motion is not wanted. */
export function Arc() {
  return (
    <span className={css['arc']} aria-hidden="true">
      <LoaderCircle className={css['turning']} />
      <Ellipsis className={css['still']} />
    </span>
  );
}
