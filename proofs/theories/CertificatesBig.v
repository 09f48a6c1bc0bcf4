(* The fast route, by choice: networks are evaluated in the machine integers of the Bignums library.  The
   statements are the same, about the same [net_sem]; besides Coq's kernel one now trusts the primitive 63-bit
   integers, and [Print Assumptions] lists them. *)
From Coq Require Import Bool.
From Bignums Require Import BigZ.
From Certify Require Export Certificates.
From Certify Require Import Bends Evaluate Lipschitz Orbit.
Local Open Scope Z_scope.

(* ---- evaluation ---- *)

Record bend_big := BendBig {
  top : bigZ; bottom : bigZ; before_big : bigZ; after_big : bigZ; over_big : bigZ }.
Record layer_big := LayerBig {
  rows_big : list (list bigZ * bigZ); den_big : bigZ; bends_big : list bend_big }.

Definition to_bend_big (b : bend) : bend_big :=
  BendBig (BigZ.of_Z (Qnum (knee b))) (BigZ.of_Z (Zpos (Qden (knee b))))
    (BigZ.of_Z (before b)) (BigZ.of_Z (after b)) (BigZ.of_Z (Zpos (over b))).

Definition to_layer_big (l : layer_Z) : layer_big :=
  LayerBig (map (fun row => (map BigZ.of_Z (fst row), BigZ.of_Z (snd row))) (rows_Z l))
    (BigZ.of_Z (Zpos (den_Z l))) (map to_bend_big (bends_Z l)).

Fixpoint dot_big (w X : list bigZ) : bigZ :=
  match w, X with
  | a :: w', z :: X' => BigZ.add (BigZ.mul a z) (dot_big w' X')
  | _, _ => BigZ.zero
  end.

Definition linear_big (D : bigZ) (X : list bigZ) (row : list bigZ * bigZ) : bigZ :=
  BigZ.add (dot_big (fst row) X) (BigZ.mul D (snd row)).

Definition bend_value_big (b : bend_big) (D z : bigZ) : bigZ :=
  let y := BigZ.mul (bottom b) z in
  let t := BigZ.mul D (top b) in
  BigZ.add (BigZ.mul (if BigZ.ltb y t then before_big b else after_big b) (BigZ.sub y t))
    (BigZ.mul (over_big b) t).

Definition bend_vector_big (v : bigZ * list bigZ) (b : bend_big) : bigZ * list bigZ :=
  (BigZ.mul (BigZ.mul (bottom b) (over_big b)) (fst v), map (bend_value_big b (fst v)) (snd v)).

Definition eval_layer_big (v : bigZ * list bigZ) (l : layer_big) : bigZ * list bigZ :=
  fold_left bend_vector_big (bends_big l)
    (BigZ.mul (den_big l) (fst v), map (linear_big (fst v) (snd v)) (rows_big l)).

Definition eval_net_big (net : list layer_big) (q : Q) : Q :=
  let (D, X) := fold_left eval_layer_big net (BigZ.of_Z (Zpos (Qden q)), [BigZ.of_Z (Qnum q)]) in
  Qmake (BigZ.to_Z (hd BigZ.zero X)) (Z.to_pos (BigZ.to_Z D)).

(* ---- it computes the same ---- *)

Definition represents (v : bigZ * list bigZ) (w : positive * list Z) : Prop :=
  BigZ.to_Z (fst v) = Zpos (fst w) /\ map BigZ.to_Z (snd v) = snd w.

Lemma dot_big_correct w : forall X,
  BigZ.to_Z (dot_big (map BigZ.of_Z w) X) = dot w (map BigZ.to_Z X).
Proof.
  induction w as [|a w IH]; intros [|z X]; cbn [map dot_big dot]; auto.
  rewrite BigZ.spec_add, BigZ.spec_mul, BigZ.spec_of_Z, IH. reflexivity.
Qed.

Lemma bend_vector_big_correct b v w : represents v w ->
  represents (bend_vector_big v (to_bend_big b)) (bend_vector w b).
Proof.
  intros [HD HX]. unfold bend_vector_big, bend_vector, bend_den. split; cbn [fst snd].
  - unfold to_bend_big. cbn [bottom over_big]. rewrite !BigZ.spec_mul, !BigZ.spec_of_Z, HD. reflexivity.
  - rewrite <- HX, !map_map. apply map_ext. intro z. unfold bend_value_big, bend_Z, to_bend_big.
    cbn [top bottom before_big after_big over_big].
    rewrite BigZ.spec_add, !BigZ.spec_mul, BigZ.spec_sub, BigZ.spec_ltb, !BigZ.spec_mul, !BigZ.spec_of_Z, HD.
    destruct (Zpos (Qden (knee b)) * BigZ.to_Z z <? Zpos (fst w) * Qnum (knee b)); rewrite BigZ.spec_of_Z;
      reflexivity.
Qed.

Lemma bend_vectors_big_correct bs : forall v w, represents v w ->
  represents (fold_left bend_vector_big (map to_bend_big bs) v) (fold_left bend_vector bs w).
Proof.
  induction bs as [|b bs IH]; intros v w H; cbn [map fold_left]; auto.
  apply IH, bend_vector_big_correct, H.
Qed.

Lemma eval_layer_big_correct l v w : represents v w ->
  represents (eval_layer_big v (to_layer_big l)) (eval_layer w l).
Proof.
  intros [HD HX]. unfold eval_layer_big, eval_layer, to_layer_big. cbn [bends_big den_big rows_big].
  set (rows := map (fun row => (map BigZ.of_Z (fst row), BigZ.of_Z (snd row))) (rows_Z l)).
  assert (H : represents
    (BigZ.mul (BigZ.of_Z (Zpos (den_Z l))) (fst v), map (linear_big (fst v) (snd v)) rows)
    ((den_Z l * fst w)%positive, map (linear_Z (fst w) (snd w)) (rows_Z l))).
  { split; unfold rows; cbn [fst snd].
    - rewrite BigZ.spec_mul, BigZ.spec_of_Z, HD. reflexivity.
    - rewrite !map_map. apply map_ext. intro row. unfold linear_big, linear_Z. cbn [fst snd].
      rewrite BigZ.spec_add, BigZ.spec_mul, BigZ.spec_of_Z, dot_big_correct, HX, HD. reflexivity. }
  apply bend_vectors_big_correct, H.
Qed.

Lemma eval_layers_big_correct net : forall v w, represents v w ->
  represents (fold_left eval_layer_big (map to_layer_big net) v) (fold_left eval_layer net w).
Proof.
  induction net as [|l net IH]; intros v w H; cbn [map fold_left]; auto.
  apply IH, eval_layer_big_correct, H.
Qed.

Theorem eval_net_big_correct net q : eval_net_big (map to_layer_big net) q = eval_net net q.
Proof.
  unfold eval_net_big, eval_net.
  pose proof (eval_layers_big_correct net
    (BigZ.of_Z (Zpos (Qden q)), [BigZ.of_Z (Qnum q)]) (Qden q, [Qnum q])) as H.
  destruct (fold_left eval_layer_big _ _) as [D X], (fold_left eval_layer net _) as [D' X'].
  destruct H as [HD HX]; [split; cbn [fst snd map]; rewrite BigZ.spec_of_Z; reflexivity|].
  cbn [fst snd] in *. rewrite HD, <- HX. destruct X; reflexivity.
Qed.

(* ---- the certificates of chaos ---- *)

Definition map_evaluator_big (m : map_data) : option evaluator :=
  match m with
  | Network n =>
      let layers := map decode n in
      let big := map to_layer_big layers in
      if well_shaped 1 n then Some (Evaluator (eval_net_big big) (slope_net layers)) else None
  | PiecewiseLinear _ => map_evaluator m
  end.

Lemma map_evaluator_big_correct m e : map_evaluator_big m = Some e -> evaluates e (map_sem m).
Proof.
  destruct m as [n|p]; [|apply map_evaluator_correct]. unfold map_evaluator_big.
  destruct (well_shaped 1 n) eqn:W; [|discriminate]. intro H; injection H as <-.
  split; cbn [eval lipschitz map_sem]; [intro q; rewrite eval_net_big_correct; apply eval_net_correct|].
  apply slope_net_correct.
Qed.

Definition chaos_on_interval_big := chaos_on_interval_with map_evaluator_big map_evaluator_big_correct.
Definition li_yorke_on_interval_big := li_yorke_on_interval_with map_evaluator_big map_evaluator_big_correct.
Definition chaos_on_line_big := chaos_on_line_with map_evaluator_big map_evaluator_big_correct.
Definition li_yorke_on_line_big := li_yorke_on_line_with map_evaluator_big map_evaluator_big_correct.

Open Scope Q_scope.
Open Scope numeral_scope.
