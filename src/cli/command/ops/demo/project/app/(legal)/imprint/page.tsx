export default function Imprint() {
  return <p>Who runs this shop.</p>;
}
