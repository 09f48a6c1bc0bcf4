(* Piecewise-linear maps of one slope, up to its sign.

   f is steep on [c,d] if, but for finitely many cuts, it has slope s or -s there.  Iterates are steep: the
   cuts of g(f) are those of f and the preimages of those of g, which can be written down.  An interval that
   is shorter than the gaps between cuts has a half on which the slope is constant. *)

From Coq Require Import Reals Lra List.
From Certify Require Import Dynamics Iterates.
Import ListNotations.
Local Open Scope R_scope.

(* On [u, v] f has slope s, or it has slope -s. *)
Definition one_slope (f : R -> R) (s u v : R) : Prop :=
  exists r, (r = s \/ r = - s) /\ forall x y, u <= x <= v -> u <= y <= v -> f y - f x = r * (y - x).

Definition uncut (cuts : list R) (u v : R) : Prop := forall k, In k cuts -> ~ u < k < v.

Definition steep (f : R -> R) (s c d : R) : Prop :=
  exists cuts, forall u v, c <= u -> u <= v -> v <= d -> uncut cuts u v -> one_slope f s u v.

(* ---- Composition ---- *)

Lemma last_before (L : list R) u :
  (exists a, In a L /\ a <= u /\ forall b, In b L -> b <= u -> b <= a) \/ (forall b, In b L -> u < b).
Proof.
  induction L as [|e L [(a & Ha & Hau & Hmax)|Hno]]; [right; intros b []| |].
  - left. destruct (Rle_lt_dec e a) as [h|h]; [|destruct (Rle_lt_dec e u) as [h'|h']].
    + exists a. split; [right; auto|]. split; auto. intros b [<-|Hb]; auto.
    + exists e. split; [left; auto|]. split; auto. intros b [<-|Hb] Hbu; [lra|]. specialize (Hmax b Hb Hbu).
      lra.
    + exists a. split; [right; auto|]. split; auto. intros b [<-|Hb] Hbu; [lra|auto].
  - destruct (Rle_lt_dec e u) as [h|h].
    + left. exists e. split; [left; auto|]. split; auto. intros b [<-|Hb] Hbu; [lra|]. specialize (Hno b Hb).
      lra.
    + right. intros b [<-|Hb]; auto.
Qed.

(* Where a piece of f that starts at a takes the values of K. *)
Definition preimages (f : R -> R) (s : R) (K : list R) (a : R) : list R :=
  flat_map (fun k => [a + (k - f a) / s; a - (k - f a) / s]) K.

Lemma steep_comp f g s t c d : 0 < s -> selfmap f c d -> steep f s c d -> steep g t c d ->
  steep (fun x => g (f x)) (s * t) c d.
Proof.
  intros Hs Hf [A HA] [K HK]. exists (A ++ flat_map (preimages f s K) (c :: A)).
  intros u v Hcu Huv Hvd Hcut.
  assert (HcutA : uncut A u v) by (intros k Hk; apply Hcut, in_or_app; left; auto).
  destruct (HA u v Hcu Huv Hvd HcutA) as (r & Hr & Hfuv).
  (* no cut of g is strictly between two values of f on [u, v] *)
  assert (Hno : forall k x, In k K -> u < x < v -> f x <> k).
  { intros k x Hk Hx Efx. destruct (last_before (c :: A) u) as [(a & Ha & Hau & Hmax)|Hlate];
      [|specialize (Hlate c (or_introl eq_refl)); lra].
    assert (Hca : c <= a) by (apply Hmax; [left; auto|auto]).
    assert (HcutA' : uncut A a v).
    { intros b Hb Hbv. destruct (Rle_lt_dec b u) as [h|h].
      - specialize (Hmax b (or_intror Hb) h). lra.
      - apply (HcutA b Hb). lra. }
    destruct (HA a v Hca ltac:(lra) Hvd HcutA') as (q & Hq & Hfav).
    specialize (Hfav a x ltac:(lra) ltac:(lra)). rewrite Efx in Hfav.
    apply (Hcut x); auto. apply in_or_app; right. apply in_flat_map. exists a. split; auto.
    apply in_flat_map. exists k. split; auto. destruct Hq as [-> | ->]; [left|right; left].
    - rewrite Hfav. field. lra.
    - rewrite Hfav. field. lra. }
  assert (Hr0 : r <> 0) by (destruct Hr; lra).
  assert (Hrange : forall x, u <= x <= v -> Rmin (f u) (f v) <= f x <= Rmax (f u) (f v)).
  { intros x Hx. pose proof (Hfuv u x ltac:(lra) Hx). pose proof (Hfuv x v Hx ltac:(lra)).
    unfold Rmin, Rmax. destruct (Rle_dec (f u) (f v)); destruct (Rlt_le_dec 0 r); split; nra. }
  destruct (HK (Rmin (f u) (f v)) (Rmax (f u) (f v))) as (q & Hq & Hg).
  - destruct (Hf u ltac:(lra)), (Hf v ltac:(lra)). unfold Rmin; destruct (Rle_dec (f u) (f v)); lra.
  - unfold Rmin, Rmax; destruct (Rle_dec (f u) (f v)); lra.
  - destruct (Hf u ltac:(lra)), (Hf v ltac:(lra)). unfold Rmax; destruct (Rle_dec (f u) (f v)); lra.
  - intros k Hk Hkin. set (x := u + (k - f u) / r).
    assert (Ex : r * (x - u) = k - f u) by (unfold x; field; auto).
    pose proof (Hfuv u v ltac:(lra) ltac:(lra)) as Ev.
    assert (Hx : u < x < v).
    { unfold Rmin, Rmax in Hkin. destruct (Rle_dec (f u) (f v)); destruct (Rlt_le_dec 0 r); split; nra. }
    apply (Hno k x Hk Hx). pose proof (Hfuv u x ltac:(lra) ltac:(lra)). lra.
  - exists (r * q). split.
    + destruct Hr as [-> | ->], Hq as [-> | ->]; [left|right|right|left]; ring.
    + intros x y Hx Hy. rewrite (Hg (f x) (f y) (Hrange x Hx) (Hrange y Hy)), (Hfuv x y Hx Hy). ring.
Qed.

Lemma steep_iter f s c d n : 0 < s -> selfmap f c d -> steep f s c d -> steep (iter n f) (s ^ n) c d.
Proof.
  intros Hs Hf Hst. induction n as [|n IH].
  - exists []. intros u v _ _ _ _. exists 1. split; [left; reflexivity|]. intros; simpl; ring.
  - rewrite <- tech_pow_Rmult, Rmult_comm. apply (steep_comp (iter n f) f); auto.
    + apply pow_lt, Hs.
    + apply selfmap_iter, Hf.
Qed.

(* ---- Halves of short intervals ---- *)

Lemma gaps (L : list R) : exists g, 0 < g /\ forall a b, In a L -> In b L -> a < b -> g <= b - a.
Proof.
  induction L as [|e L [g [Hg H]]]; [exists 1; split; [lra|intros a b []]|].
  assert (He : exists h, 0 < h /\ forall a, In a L -> a <> e -> h <= Rabs (a - e)).
  { clear. induction L as [|a L [h [Hh H]]]; [exists 1; split; [lra|intros a []]|].
    destruct (Req_dec a e) as [->|Hne].
    - exists h. split; auto. intros b [<-|Hb] Hbe; [contradiction|auto].
    - pose proof (Rabs_pos_lt (a - e) ltac:(lra)). exists (Rmin h (Rabs (a - e))).
      pose proof (Rmin_l h (Rabs (a - e))). pose proof (Rmin_r h (Rabs (a - e))).
      split; [apply Rmin_pos; auto|]. intros b [<-|Hb] Hbe; auto. specialize (H b Hb Hbe). lra. }
  destruct He as [h [Hh He]]. exists (Rmin g h). pose proof (Rmin_l g h). pose proof (Rmin_r g h).
  split; [apply Rmin_pos; auto|]. intros a b [<-|Ha] [<-|Hb] Hab; try lra.
  - specialize (He b Hb ltac:(lra)). rewrite Rabs_right in He; lra.
  - specialize (He a Ha ltac:(lra)). rewrite Rabs_left in He; lra.
  - specialize (H a b Ha Hb Hab). lra.
Qed.

Lemma steep_half f s c d : steep f s c d -> exists g, 0 < g /\
  forall u v, c <= u -> u < v -> v <= d -> v - u < g ->
  exists p q, u <= p /\ q <= v /\ (v - u) / 2 <= q - p /\ one_slope f s p q.
Proof.
  intros [cuts H]. destruct (gaps cuts) as [g [Hg Hgap]]. exists g. split; auto. intros u v Hcu Huv Hvd Hlen.
  assert (Hcut : uncut cuts u v \/ exists k, In k cuts /\ u < k < v).
  { clear - cuts. induction cuts as [|k L [IH|[k' [Hk' Hin]]]].
    - left. intros k [].
    - destruct (Rlt_le_dec u k) as [h|h]; [destruct (Rlt_le_dec k v) as [h'|h']|].
      + right. exists k. split; [left; auto|auto].
      + left. intros k' [<-|Hk']; [lra|apply IH, Hk'].
      + left. intros k' [<-|Hk']; [lra|apply IH, Hk'].
    - right. exists k'. split; [right; auto|auto]. }
  destruct Hcut as [Hno|[k [Hk Hin]]].
  - exists u, v. split; [lra|]. split; [lra|]. split; [lra|]. apply H; auto; lra.
  - (* one cut: the larger side *)
    assert (Hone : forall k', In k' cuts -> u < k' < v -> k' = k).
    { intros k' Hk' Hin'. destruct (Rtotal_order k k') as [h|[h|h]]; auto.
      - specialize (Hgap k k' Hk Hk' h). lra.
      - specialize (Hgap k' k Hk' Hk h). lra. }
    destruct (Rle_lt_dec ((v - u) / 2) (k - u)) as [h|h].
    + exists u, k. split; [lra|]. split; [lra|]. split; [lra|]. apply H; try lra.
      intros k' Hk' Hin'. specialize (Hone k' Hk' ltac:(lra)). lra.
    + exists k, v. split; [lra|]. split; [lra|]. split; [lra|]. apply H; try lra.
      intros k' Hk' Hin'. specialize (Hone k' Hk' ltac:(lra)). lra.
Qed.
